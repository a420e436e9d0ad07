"""The charts there are, as one type for whoever draws or sends any of them."""

from models.rules.accuracy_chart import AccuracyChart
from models.rules.cause_chart import CauseChart
from models.rules.coverage_chart import CoverageChart

AnyChart = AccuracyChart | CauseChart | CoverageChart
