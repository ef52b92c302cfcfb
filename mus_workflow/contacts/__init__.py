"""Contact lines and their opening hours. Pure: no database, no request, no clock of its own."""
