"""The figures and the sessions behind them as files."""
