"""Extensions that are shipped, one module or package each; nothing is imported before it is enabled."""
