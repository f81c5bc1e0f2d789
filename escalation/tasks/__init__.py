"""What is owed for a case and until when: the deadlines of the law, and tasks that staff set themselves."""
