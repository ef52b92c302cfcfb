"""Ordinary Django forms. They explain kindly what the actions and the database refuse."""
