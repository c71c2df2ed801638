"""From values to what the user sees: formatter, templates and the measures of text. Streams and colours are `ui`'s."""
