"""Operations on packet filters of iptables."""
