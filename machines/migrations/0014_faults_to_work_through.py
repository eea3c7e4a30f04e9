"""Faults that are judged, taken on and talked about; what stands still for them; what needs what."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('machines', '0013_who_owns_machines_and_what_changed'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Dependency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'verbose_name': 'dependency',
                'verbose_name_plural': 'dependencies',
                'ordering': ['needs__name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='FaultEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.CharField(choices=[('reported', 'reported'), ('judged', 'looked at'), ('assigned', 'taken on'), ('comment', 'comment'), ('duplicate', 'the same as another'), ('resolved', 'resolved'), ('reopened', 'opened again')], max_length=10, verbose_name='what happened')),
                ('text', models.TextField(blank=True, max_length=1000, verbose_name='words')),
                ('severity', models.CharField(blank=True, choices=[('minor', 'minor: it works all the same'), ('hampers', 'hampers: part of it does not work'), ('serious', 'serious: it cannot be used well'), ('hazard', 'safety hazard: somebody could get hurt')], max_length=10, verbose_name='severity')),
                ('stops_machine', models.BooleanField(blank=True, null=True, verbose_name='the machine cannot be used')),
                ('expected_at', models.DateTimeField(blank=True, null=True, verbose_name='expected to be mended')),
                ('is_shared', models.BooleanField(default=True, verbose_name='whoever reported it is told')),
                ('created_at', models.DateTimeField(verbose_name='written')),
            ],
            options={
                'verbose_name': 'entry of a fault',
                'verbose_name_plural': 'entries of faults',
                'ordering': ['created_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='FaultPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.ImageField(upload_to='faults', verbose_name='photo')),
            ],
            options={
                'verbose_name': 'photo of a fault',
                'verbose_name_plural': 'photos of faults',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Stoppage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField(verbose_name='since')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='until')),
            ],
            options={
                'verbose_name': 'stoppage',
                'verbose_name_plural': 'stoppages',
                'ordering': ['-starts_at', '-pk'],
            },
        ),
        migrations.AlterModelOptions(
            name='fault',
            options={'ordering': ['-starts_at', '-pk'], 'verbose_name': 'fault', 'verbose_name_plural': 'faults'},
        ),
        migrations.AddField(
            model_name='fault',
            name='assigned_to',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='taken on by'),
        ),
        migrations.AddField(
            model_name='fault',
            name='cost',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, verbose_name='cost of parts and service'),
        ),
        migrations.AddField(
            model_name='fault',
            name='duplicate_of',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='duplicates', to='machines.fault'),
        ),
        migrations.AddField(
            model_name='fault',
            name='expected_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='expected to be mended'),
        ),
        migrations.AddField(
            model_name='fault',
            name='found',
            field=models.CharField(blank=True, choices=[('found', 'I found it broken'), ('broke', 'It broke while I used it'), ('fixed', 'I fixed it already')], max_length=10, verbose_name='how it came to light'),
        ),
        migrations.AddField(
            model_name='fault',
            name='judged_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='looked at'),
        ),
        migrations.AddField(
            model_name='fault',
            name='known',
            field=models.TextField(blank=True, max_length=1000, verbose_name='what is known'),
        ),
        migrations.AddField(
            model_name='fault',
            name='minutes_spent',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='minutes of work'),
        ),
        migrations.AddField(
            model_name='fault',
            name='resolution',
            field=models.TextField(blank=True, max_length=1000, verbose_name='what was done'),
        ),
        migrations.AddField(
            model_name='fault',
            name='severity',
            field=models.CharField(choices=[('minor', 'minor: it works all the same'), ('hampers', 'hampers: part of it does not work'), ('serious', 'serious: it cannot be used well'), ('hazard', 'safety hazard: somebody could get hurt')], default='serious', max_length=10, verbose_name='severity'),
        ),
        migrations.AddIndex(
            model_name='fault',
            index=models.Index(condition=models.Q(('ends_at', None)), fields=['machine'], name='fault_open_machine'),
        ),
        migrations.AddConstraint(
            model_name='fault',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('severity', 'hazard'), _negated=True), ('stops_machine', True), _connector='OR'), name='fault_hazard_stops_machine'),
        ),
        migrations.AddConstraint(
            model_name='fault',
            constraint=models.CheckConstraint(condition=models.Q(('duplicate_of', None), models.Q(('duplicate_of', models.F('pk')), _negated=True), _connector='OR'), name='fault_no_duplicate_of_itself'),
        ),
        migrations.AddField(
            model_name='dependency',
            name='machine',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dependencies', to='machines.machine'),
        ),
        migrations.AddField(
            model_name='dependency',
            name='needs',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='needed_by', to='machines.machine'),
        ),
        migrations.AddField(
            model_name='faultentry',
            name='created_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='faultentry',
            name='fault',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='machines.fault'),
        ),
        migrations.AddField(
            model_name='faultphoto',
            name='entry',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='machines.faultentry'),
        ),
        migrations.AddField(
            model_name='stoppage',
            name='fault',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stoppages', to='machines.fault'),
        ),
        migrations.AddField(
            model_name='stoppage',
            name='machine',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stoppages', to='machines.machine'),
        ),
        migrations.AddConstraint(
            model_name='dependency',
            constraint=models.UniqueConstraint(fields=('machine', 'needs'), name='dependency_once'),
        ),
        migrations.AddConstraint(
            model_name='dependency',
            constraint=models.CheckConstraint(condition=models.Q(('machine', models.F('needs')), _negated=True), name='dependency_on_another_machine'),
        ),
        migrations.AddIndex(
            model_name='stoppage',
            index=models.Index(fields=['machine', 'starts_at'], name='stoppage_machine_starts_at'),
        ),
        migrations.AddConstraint(
            model_name='stoppage',
            constraint=models.UniqueConstraint(condition=models.Q(('ends_at', None)), fields=('fault', 'machine'), name='stoppage_one_open_per_fault_and_machine'),
        ),
        migrations.AddConstraint(
            model_name='stoppage',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at', None), ('ends_at__gte', models.F('starts_at')), _connector='OR'), name='stoppage_ends_after_start'),
        ),
    ]
