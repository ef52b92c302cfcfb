from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mus_workflow', '0003_sealed_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='formtranslation',
            name='sources',
            field=models.JSONField(blank=True, default=dict, verbose_name='texts that were translated'),
        ),
    ]
