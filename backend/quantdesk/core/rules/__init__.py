"""The exchanges' rules as dated rows with their sources: which of them held for an instrument on a day."""
