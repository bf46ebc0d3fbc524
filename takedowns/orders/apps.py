from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "takedowns.orders"
    label = "orders"

    def ready(self) -> None:
        """Let the hour of an order, and its document, follow the moves of its referral, whichever door they came through."""
        from takedowns.orders import drawing  # noqa: PLC0415 - models are not there before
        from takedowns.orders.deadline import follow  # noqa: PLC0415 - models are not there before
        from takedowns.referrals.transitions import register_follower  # noqa: PLC0415 - as above

        register_follower(follow)
        register_follower(drawing.follow)
