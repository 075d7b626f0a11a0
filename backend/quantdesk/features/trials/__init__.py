"""The ledger of trials: every run of a strategy counts."""
