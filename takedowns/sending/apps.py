from django.apps import AppConfig


class SendingConfig(AppConfig):
    name = "takedowns.sending"
    label = "sending"

    def ready(self) -> None:
        """Let whoever comes by the link in a mail ask as that link."""
        from takedowns.access.guests import register_guests  # noqa: PLC0415 - models are not there before
        from takedowns.sending.answer_links import guest_of  # noqa: PLC0415

        register_guests(guest_of)
