"""What a counsellor writes beside the chat: drafts not yet sent, and notes for colleagues. The child sees neither."""
