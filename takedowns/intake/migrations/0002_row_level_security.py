"""A submission and its rows are its own agency's (and whoever sees everything)."""

from django.db import migrations

POLICIES = """
ALTER TABLE intake_submission ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON intake_submission USING (
    (SELECT takedowns_asks_everything()) OR agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
);
ALTER TABLE intake_submissionrow ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON intake_submissionrow USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM intake_submission AS whole WHERE whole.id = intake_submissionrow.submission_id)
);
"""

REVERSE = """
DROP POLICY own ON intake_submissionrow;
ALTER TABLE intake_submissionrow DISABLE ROW LEVEL SECURITY;
DROP POLICY own ON intake_submission;
ALTER TABLE intake_submission DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]
    operations = [migrations.RunSQL(POLICIES, REVERSE)]
