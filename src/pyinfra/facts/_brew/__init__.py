"""Facts about brew that only its operations need."""
