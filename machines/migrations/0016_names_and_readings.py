"""Names on the broker are names; what was lost is counted; readings are never changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import machines.models.device

# Nothing can have been heard under such a name, and nothing can be told to it.
NAMES_THAT_ARE_PATTERNS = """
    UPDATE machines_device SET topic = '' WHERE topic ~ '^\\$|[+#[:cntrl:]]';
"""
# Until now nobody but devices wrote readings without a name.
WHO_TOLD_IT = """
    UPDATE machines_counterreading SET by_device = true WHERE read_by_id IS NULL;
"""
# Before, a counter had one reading of a moment; on the way back the corrected ones go.
CORRECTED_GONE = """
    DELETE FROM machines_counterreading AS old USING machines_counterreading AS new
        WHERE new.corrects_id = old.id;
    UPDATE machines_counterreading SET corrects_id = NULL WHERE corrects_id IS NOT NULL;
    SET CONSTRAINTS ALL IMMEDIATE;
    SET CONSTRAINTS ALL DEFERRED;
"""
KEPT = """
    CREATE FUNCTION counterreading_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        -- Only who read it may be forgotten, when that member is deleted.
        IF NEW.read_by_id IS NULL
            AND to_jsonb(NEW) - 'read_by_id' = to_jsonb(OLD) - 'read_by_id' THEN
            RETURN NEW;
        END IF;
        RAISE check_violation USING MESSAGE = 'a reading is never changed',
            CONSTRAINT = 'counterreading_kept';
    END $$;
    CREATE TRIGGER counterreading_kept BEFORE UPDATE ON machines_counterreading
    FOR EACH ROW EXECUTE FUNCTION counterreading_kept();
"""
NOT_KEPT = """
    DROP TRIGGER counterreading_kept ON machines_counterreading;
    DROP FUNCTION counterreading_kept;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('machines', '0015_what_stood_still'),
        ('spaces', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Lost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('names', 'names of strangers that others have taken the place of'), ('waiting', 'messages that came faster than they could be kept'), ('broken', 'messages that could not be kept')], max_length=8)),
                ('day', models.DateField()),
                ('count', models.BigIntegerField()),
            ],
            options={
                'ordering': ['-day', 'what'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='counterreading',
            name='counterreading_once',
        ),
        migrations.AddField(
            model_name='counterreading',
            name='by_device',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name='counterreading',
            name='corrects',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='corrected_by', to='machines.counterreading'),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, CORRECTED_GONE),
        migrations.RunSQL(WHO_TOLD_IT, migrations.RunSQL.noop),
        migrations.RunSQL(NAMES_THAT_ARE_PATTERNS, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='device',
            name='topic',
            field=models.CharField(blank=True, max_length=120, validators=[machines.models.device.speakable], verbose_name='name on the broker'),
        ),
        migrations.AddConstraint(
            model_name='counterreading',
            constraint=models.UniqueConstraint(condition=models.Q(('corrects', None)), fields=('counter', 'read_at'), name='counterreading_once'),
        ),
        migrations.AddConstraint(
            model_name='device',
            constraint=models.CheckConstraint(condition=models.Q(('topic__regex', '^\\$|[+#[:cntrl:]]'), _negated=True), name='device_topic_is_no_pattern'),
        ),
        migrations.AddConstraint(
            model_name='lost',
            constraint=models.UniqueConstraint(fields=('what', 'day'), name='lost_once_per_day'),
        ),
        migrations.RunSQL(KEPT, NOT_KEPT),
    ]
