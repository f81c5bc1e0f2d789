"""Every sentence that a child or parent reads, as reviewed files. Imports nothing else of ours."""
