"""What spaces use up, and the movements that make its stock.

The database adds up: each movement changes the stock of its item, nothing else does, and no
movement is ever changed. Only who made it may be forgotten, when that member is deleted.
"""

from decimal import Decimal

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STOCK_FOLLOWS = """
    CREATE FUNCTION stockmovement_makes_stock() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE machines_consumable SET quantity = quantity + NEW.quantity
        WHERE id = NEW.item_id RETURNING quantity INTO NEW.balance;
        RETURN NEW;
    END $$;
    CREATE TRIGGER stockmovement_makes_stock BEFORE INSERT ON machines_stockmovement
    FOR EACH ROW EXECUTE FUNCTION stockmovement_makes_stock();
"""
NOBODY_ELSE_SETS_IT = """
    CREATE FUNCTION consumable_stock_is_the_sum() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        -- Within the trigger of a movement this one lies deeper than the first.
        IF pg_trigger_depth() < 2 AND NEW.quantity IS DISTINCT FROM (
            CASE TG_OP WHEN 'INSERT' THEN 0 ELSE OLD.quantity END
        ) THEN
            RAISE check_violation USING MESSAGE = 'stock is changed by movements only',
                CONSTRAINT = 'consumable_stock_is_the_sum';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER consumable_stock_is_the_sum_of_none BEFORE INSERT ON machines_consumable
    FOR EACH ROW EXECUTE FUNCTION consumable_stock_is_the_sum();
    CREATE TRIGGER consumable_stock_is_the_sum BEFORE UPDATE OF quantity ON machines_consumable
    FOR EACH ROW EXECUTE FUNCTION consumable_stock_is_the_sum();
"""
WRITTEN_ONCE = """
    CREATE FUNCTION stockmovement_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND NEW.by_id IS NULL
            AND to_jsonb(NEW) - 'by_id' = to_jsonb(OLD) - 'by_id' THEN
            RETURN NEW;
        END IF;
        RAISE check_violation USING MESSAGE = 'a stock movement is never changed',
            CONSTRAINT = 'stockmovement_written_once';
    END $$;
    CREATE TRIGGER stockmovement_written_once BEFORE UPDATE OR DELETE ON machines_stockmovement
    FOR EACH ROW EXECUTE FUNCTION stockmovement_written_once();
"""
TAKEN_BACK = """
    DROP TRIGGER stockmovement_written_once ON machines_stockmovement;
    DROP FUNCTION stockmovement_written_once;
    DROP TRIGGER consumable_stock_is_the_sum ON machines_consumable;
    DROP TRIGGER consumable_stock_is_the_sum_of_none ON machines_consumable;
    DROP FUNCTION consumable_stock_is_the_sum;
    DROP TRIGGER stockmovement_makes_stock ON machines_stockmovement;
    DROP FUNCTION stockmovement_makes_stock;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("machines", "0010_machines_have_photos"),
        ("spaces", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Consumable",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("piece", "pieces"),
                            ("sheet", "sheets"),
                            ("g", "g"),
                            ("kg", "kg"),
                            ("ml", "ml"),
                            ("l", "l"),
                            ("mm", "mm"),
                            ("m", "m"),
                            ("cm2", "cm²"),
                            ("m2", "m²"),
                        ],
                        max_length=10,
                        verbose_name="counted in",
                    ),
                ),
                (
                    "price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=10,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="price per unit",
                    ),
                ),
                (
                    "minimum",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=12,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="minimum",
                    ),
                ),
                (
                    "reorder",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=12,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.001"))],
                        verbose_name="to be ordered at a time",
                    ),
                ),
                (
                    "article_number",
                    models.CharField(blank=True, max_length=80, verbose_name="article number"),
                ),
                (
                    "quantity",
                    models.DecimalField(
                        decimal_places=3,
                        default=Decimal(0),
                        editable=False,
                        max_digits=12,
                        verbose_name="in stock",
                    ),
                ),
                (
                    "low_since",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="low since"
                    ),
                ),
                (
                    "retired_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="given up"
                    ),
                ),
                (
                    "categories",
                    models.ManyToManyField(
                        blank=True,
                        related_name="consumables",
                        to="machines.category",
                        verbose_name="used on",
                    ),
                ),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consumables",
                        to="spaces.space",
                    ),
                ),
            ],
            options={
                "verbose_name": "consumable",
                "verbose_name_plural": "consumables",
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="StockCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("expected", models.DecimalField(decimal_places=3, max_digits=12)),
                (
                    "counted",
                    models.DecimalField(
                        decimal_places=3,
                        max_digits=12,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                    ),
                ),
                ("counted_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counts",
                        to="machines.consumable",
                    ),
                ),
            ],
            options={
                "verbose_name": "stock count",
                "verbose_name_plural": "stock counts",
                "ordering": ["-counted_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="StockMovement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("taken", "taken"),
                            ("discarded", "thrown away"),
                            ("counted", "difference of a count"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "quantity",
                    models.DecimalField(decimal_places=3, max_digits=12, verbose_name="quantity"),
                ),
                (
                    "balance",
                    models.DecimalField(
                        decimal_places=3,
                        default=Decimal(0),
                        editable=False,
                        max_digits=12,
                        verbose_name="in stock afterwards",
                    ),
                ),
                (
                    "unit_price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="What it cost when it was moved.",
                        max_digits=10,
                        null=True,
                        verbose_name="price per unit",
                    ),
                ),
                ("session_key", models.CharField(blank=True, max_length=80)),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("moved_at", models.DateTimeField(verbose_name="when")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "count",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movement",
                        to="machines.stockcount",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="machines.consumable",
                    ),
                ),
                (
                    "undoes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone_by",
                        to="machines.stockmovement",
                    ),
                ),
            ],
            options={
                "verbose_name": "stock movement",
                "verbose_name_plural": "stock movements",
                "ordering": ["-moved_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Supplier",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("website", models.URLField(blank=True, verbose_name="website")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="telephone")),
                (
                    "customer_number",
                    models.CharField(blank=True, max_length=80, verbose_name="our customer number"),
                ),
                ("note", models.TextField(blank=True, max_length=2000, verbose_name="note")),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suppliers",
                        to="spaces.space",
                    ),
                ),
            ],
            options={
                "verbose_name": "supplier",
                "verbose_name_plural": "suppliers",
                "ordering": ["name"],
            },
        ),
        migrations.AddField(
            model_name="consumable",
            name="supplier",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="consumables",
                to="machines.supplier",
                verbose_name="supplier",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockcount",
            constraint=models.CheckConstraint(
                condition=models.Q(("counted__gte", 0)), name="stockcount_counted_not_negative"
            ),
        ),
        migrations.AddIndex(
            model_name="stockmovement",
            index=models.Index(
                fields=["item", "-moved_at", "-id"], name="stockmovement_item_moved_at"
            ),
        ),
        migrations.AddIndex(
            model_name="stockmovement",
            index=models.Index(
                condition=models.Q(("session_key", ""), _negated=True),
                fields=["session_key"],
                name="stockmovement_session",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockmovement",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity", 0), _negated=True), name="stockmovement_not_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="stockmovement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("undoes__isnull", False),
                    ("kind", "counted"),
                    models.Q(("kind__in", ("received",)), ("quantity__gt", 0)),
                    models.Q(("kind__in", ("taken", "discarded")), ("quantity__lt", 0)),
                    _connector="OR",
                ),
                name="stockmovement_goes_the_way_of_its_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="supplier",
            constraint=models.UniqueConstraint(
                fields=("space", "name"), name="supplier_name_once_per_space"
            ),
        ),
        migrations.AddConstraint(
            model_name="consumable",
            constraint=models.UniqueConstraint(
                fields=("space", "name"), name="consumable_name_once_per_space"
            ),
        ),
        migrations.AddConstraint(
            model_name="consumable",
            constraint=models.CheckConstraint(
                condition=models.Q(("price__isnull", True), ("price__gte", 0), _connector="OR"),
                name="consumable_price_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="consumable",
            constraint=models.CheckConstraint(
                condition=models.Q(("minimum__isnull", True), ("minimum__gte", 0), _connector="OR"),
                name="consumable_minimum_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="consumable",
            constraint=models.CheckConstraint(
                condition=models.Q(("reorder__isnull", True), ("reorder__gt", 0), _connector="OR"),
                name="consumable_reorder_positive",
            ),
        ),
        migrations.RunSQL(
            sql=[STOCK_FOLLOWS, NOBODY_ELSE_SETS_IT, WRITTEN_ONCE], reverse_sql=[TAKEN_BACK]
        ),
    ]
