import django.contrib.postgres.fields
import django.db.models.deletion
import takedowns.postgres.functions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
        ("referrals", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Addressee",
            fields=[
                (
                    "platform",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="addressee",
                        serialize=False,
                        to="directory.platform",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="Hosting service provider")),
                (
                    "legal_representative",
                    models.CharField(
                        blank=True,
                        help_text="In the Union (Art. 17), if it has one.",
                        max_length=200,
                        verbose_name="Legal representative",
                    ),
                ),
                (
                    "contact_point",
                    models.CharField(
                        blank=True,
                        help_text="For removal orders (Art. 15).",
                        max_length=200,
                        verbose_name="Contact point",
                    ),
                ),
                (
                    "member_state",
                    models.CharField(
                        blank=True,
                        help_text="Of its main establishment or legal representative: two letters, as in IE.",
                        max_length=2,
                        verbose_name="Member State of the provider",
                    ),
                ),
                (
                    "copy_to",
                    models.CharField(
                        blank=True,
                        help_text="The competent authority of that Member State (Art. 4).",
                        max_length=200,
                        verbose_name="Authority that gets a copy",
                    ),
                ),
                (
                    "mail_to",
                    models.EmailField(
                        blank=True,
                        help_text="Empty: bundles are sent by hand.",
                        max_length=254,
                        verbose_name="E-mail for hand-offs",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IssuingAuthority",
            fields=[
                (
                    "agency",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="issuing_authority",
                        serialize=False,
                        to="directory.agency",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="Authority")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("judicial", "Judge, court or investigating judge"),
                            ("law_enforcement", "Law enforcement authority"),
                            ("other", "Other competent authority"),
                        ],
                        max_length=16,
                        verbose_name="Type of authority",
                    ),
                ),
                (
                    "member_state",
                    models.CharField(
                        help_text="Two letters, as in DE.", max_length=2, verbose_name="Issuing Member State"
                    ),
                ),
                ("address", models.TextField(max_length=500, verbose_name="Postal address")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="Telephone")),
                (
                    "email",
                    models.EmailField(
                        help_text="Where the provider sends Annexes II and III.",
                        max_length=254,
                        verbose_name="E-mail for feedback",
                    ),
                ),
                (
                    "redress_body",
                    models.CharField(
                        help_text="Before which court or body the order is challenged.",
                        max_length=200,
                        verbose_name="Body for redress",
                    ),
                ),
                (
                    "redress_deadline",
                    models.CharField(
                        help_text="Such as: within 30 days of receipt.",
                        max_length=200,
                        verbose_name="Deadline for redress",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "issuing authorities",
            },
        ),
        migrations.CreateModel(
            name="PriorNotice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=takedowns.postgres.functions.UUID7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("given_at", models.DateTimeField()),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.agency"
                    ),
                ),
                (
                    "platform",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.platform"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RemovalOrder",
            fields=[
                (
                    "referral",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="removal_order",
                        serialize=False,
                        to="referrals.referral",
                    ),
                ),
                (
                    "material",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                (
                                    "incites",
                                    "incites others to commit terrorist offences, such as by glorifying terrorist acts",
                                ),
                                (
                                    "solicits_acts",
                                    "solicits others to commit or to contribute to terrorist offences",
                                ),
                                (
                                    "solicits_participation",
                                    "solicits others to participate in the activities of a terrorist group",
                                ),
                                (
                                    "instructs",
                                    "instructs in making or using explosives, weapons or noxious substances, or in other methods",
                                ),
                                ("threatens", "constitutes a threat to commit a terrorist offence"),
                            ],
                            max_length=24,
                        ),
                        size=None,
                    ),
                ),
                (
                    "reasons",
                    models.TextField(help_text="Why it is terrorist content: the statement of reasons."),
                ),
                (
                    "further_information",
                    models.TextField(blank=True, help_text="What locates it beyond its address."),
                ),
                ("file_number", models.CharField(blank=True, max_length=100)),
                (
                    "officer",
                    models.CharField(blank=True, help_text="Who signs: name and post.", max_length=200),
                ),
                (
                    "content_provider_told",
                    models.BooleanField(
                        default=True,
                        help_text="Whether the platform may tell whoever put it there (Art. 11).",
                    ),
                ),
                ("not_told_reason", models.TextField(blank=True)),
                ("not_told_until", models.DateTimeField(blank=True, null=True)),
                (
                    "emergency",
                    models.BooleanField(
                        default=False,
                        help_text="Duly justified: the first order goes without notice of 12 hours (Art. 3(2)).",
                    ),
                ),
                ("emergency_reason", models.TextField(blank=True)),
                ("written_at", models.DateTimeField()),
                (
                    "issued_at",
                    models.DateTimeField(blank=True, help_text="The moment of its dispatch.", null=True),
                ),
                (
                    "particulars",
                    models.JSONField(
                        default=dict, help_text="Sections A to G as printed when it was issued."
                    ),
                ),
                ("document", models.BinaryField(null=True)),
                (
                    "sha256",
                    models.CharField(blank=True, help_text="Of the document, hexadecimal.", max_length=64),
                ),
                ("received_at", models.DateTimeField(blank=True, null=True)),
                ("stopped_at", models.DateTimeField(blank=True, null=True)),
                (
                    "impediment",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("force_majeure", "Force majeure or de facto impossibility"),
                            ("manifest_errors", "The order contains manifest errors"),
                            ("insufficient_information", "The order does not contain sufficient information"),
                        ],
                        max_length=24,
                    ),
                ),
                ("impediment_explained", models.TextField(blank=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.agency"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.item",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("material__len__gt", 0)), name="order_names_material"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stopped_at", None),
                            models.Q(
                                ("received_at__isnull", False), ("stopped_at__gte", models.F("received_at"))
                            ),
                            _connector="OR",
                        ),
                        name="order_stops_after_receipt",
                    ),
                ],
            },
        ),
    ]
