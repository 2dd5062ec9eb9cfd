"""Everything that looks at runs: studies, statistics, reports and the command line."""
