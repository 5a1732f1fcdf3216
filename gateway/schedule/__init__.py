"""What is done by itself, and when: slots, the steps behind them, and the process that does them."""
