"""Documents for paper and for other offices: one plain value, written as DOCX and as PDF, in memory only."""
