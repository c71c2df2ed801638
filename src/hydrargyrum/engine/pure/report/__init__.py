"""Answers as the protocol hands them out: lazy sequences, mappings, tables and finished bytes. Nothing is computed."""
