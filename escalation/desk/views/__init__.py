"""What each address of the desk does: reads the request, asks the hotline's functions, answers with a page."""
