"""Figures of the service: reads only.

In: the tables. Out: counts for the metrics page, the console and `doctor`.
"""

from bot.reports.figures import Figures, figures

__all__ = ["Figures", "figures"]
