"""Patches taken in: messages around them (`message`), files and hunks in them (`parse`), applying them (`apply`)."""
