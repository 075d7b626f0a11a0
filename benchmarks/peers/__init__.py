"""Other backtesting engines doing our benchmark's job, each a program run in an environment that has it."""
