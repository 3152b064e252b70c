"""What operations share: permissions, text editing, regular expressions, account tools."""
