"""The dashboard: pages in the browser, for one person at a desk or for a class on one laptop.

What is where:

* `pages/` one file for each page, and the frame around them; `lessons/` what Teach teaches, as data; `js/`, `assets/`, `templates/` what
  goes to the browser; `npm/` what Solara's page needs there, so that nothing is asked of another site; `texts/` (in a wheel) the
  description of the model.
* The server: `server` sets Solara up behind our own `gate`, `answers` are what it says when there is no page, `limits` what it takes
  on, `browser_files` fetches `npm/`.
* What all pages are made of: `tags` (HTML), `controls` (forms), `playing` (the player of runs), `downloads`, `jobs` (long work), `trouble`
  (what goes wrong, in sentences).
* A visit: `visit` is what one visitor has before them, `links` carry it, `pocket` brings it back after a reload, `rules` leads from a control to its
  sentence in the description of the model.
* Design: `drafts` (a process in the making), `desk` (and its steps), `board`, `fields`, `editors`.
* Compare: `choices`, `studies` (runs shared by all), `comparing` (into words and pictures), `takeaway` (into files).
* Test: `turning` (one thing), `twins` (the first moment that differs), `effects`, `trials` (of theories).
"""
