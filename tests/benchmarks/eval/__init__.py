"""`make eval`: our matcher and its peers on questions that people would type, in one table with intervals.

In: a folder of question files (`--questions`, by default `../shared/eval`) and the live knowledge. Out: a table on the
terminal, and the same as JSON and as an SVG plot. Figures are counted as `score.py` beside the questions counts them.
"""
