"""Runs things: the bridge between synchronous code and the loop, prepare, execute, the fact store, host sessions."""
