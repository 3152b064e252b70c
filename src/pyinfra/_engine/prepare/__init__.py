"""From calls of operations to plans: arguments, identity, order, bodies, promises."""
