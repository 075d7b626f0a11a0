"""The exchange simulator: matching, settlement, costs and corporate actions in exact integers, one for every engine."""
