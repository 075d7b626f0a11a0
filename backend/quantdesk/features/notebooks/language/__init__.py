"""What the editor asks about a text where no kernel runs: completion, help, signatures, definitions."""
