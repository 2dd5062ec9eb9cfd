"""How fast coprod is here: ratios between contestants that take turns in one run, never a promise about seconds."""
