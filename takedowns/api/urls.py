"""The addresses of the API. Within v1 only additions are made: new fields, new addresses, new kinds of change."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from takedowns.api.views import (
    about,
    casework,
    checks,
    complaints,
    decisions,
    duties,
    evidence,
    holds,
    identify,
    keys,
    operations,
    order_drafts,
    orders,
    previews,
    referrals,
    sandbox,
    statements,
    streams,
    submission_acts,
    submissions,
    tokens,
    webhooks,
)

app_name = "api"

#: What has its place by RFC 8414, not below the version.
well_known: list[URLPattern] = [
    path(".well-known/oauth-authorization-server", tokens.metadata, name="oauth-metadata")
]
urlpatterns: list[URLPattern] = [
    path("v1/key", keys.Key.as_view(), name="key"),
    path("v1/key/rotate", keys.KeyRotation.as_view(), name="key-rotate"),
    path("v1/key/certificates", keys.KeyCertificates.as_view(), name="key-certificates"),
    path("v1/oauth/token", tokens.Token.as_view(), name="token"),
    path("v1/oauth/revoke", tokens.Revocation.as_view(), name="token-revocation"),
    path("v1/certificate", tokens.ClientCertificate.as_view(), name="certificate"),
    path("v1/referrals", referrals.Referrals.as_view(), name="referrals"),
    path("v1/referrals/<str:name>", referrals.OneReferral.as_view(), name="referral"),
    path("v1/referrals/<str:name>/withdrawal", casework.WithdrawReferral.as_view(), name="withdrawal"),
    path("v1/referrals/<str:name>/information", casework.AnswerQuestion.as_view(), name="information"),
    path("v1/referrals/<str:name>/checks", checks.Checks.as_view(), name="checks"),
    path("v1/referrals/<str:name>/evidence", evidence.ReferralEvidence.as_view(), name="referral-evidence"),
    path("v1/evidence/<uuid:evidence_id>", evidence.OneEvidence.as_view(), name="evidence"),
    path("v1/evidence/<uuid:evidence_id>/file", evidence.EvidenceFile.as_view(), name="evidence-file"),
    path(
        "v1/evidence/<uuid:evidence_id>/withdrawal",
        evidence.EvidenceWithdrawn.as_view(),
        name="evidence-withdrawal",
    ),
    path("v1/referrals/<str:name>/decision", decisions.OneDecision.as_view(), name="decision"),
    path("v1/referrals/<str:name>/complaints", complaints.Complaints.as_view(), name="complaints"),
    path(
        "v1/complaints/<uuid:complaint_id>/decision",
        complaints.DecideComplaint.as_view(),
        name="complaint-decision",
    ),
    path("v1/referrals/<str:name>/order", orders.Order.as_view(), name="order"),
    path("v1/referrals/<str:name>/order/draft", order_drafts.Draft.as_view(), name="order-draft"),
    path("v1/referrals/<str:name>/order/document", orders.OrderDocument.as_view(), name="order-document"),
    path("v1/referrals/<str:name>/order/receipt", orders.TellReceipt.as_view(), name="order-receipt"),
    path("v1/referrals/<str:name>/order/feedback", orders.TellFeedback.as_view(), name="order-feedback"),
    path(
        "v1/referrals/<str:name>/order/impediment", orders.TellImpediment.as_view(), name="order-impediment"
    ),
    path(
        "v1/referrals/<str:name>/order/resumption", orders.TellResumption.as_view(), name="order-resumption"
    ),
    path("v1/referrals/<str:name>/statement", statements.OneStatement.as_view(), name="statement"),
    path("v1/statements", statements.ManyStatements.as_view(), name="statements"),
    path(
        "v1/operations/<slug:reference>/statements",
        statements.OperationStatements.as_view(),
        name="operation-statements",
    ),
    path("v1/decisions", decisions.ManyDecisions.as_view(), name="decisions"),
    path("v1/changes", referrals.Changes.as_view(), name="changes"),
    path("v1/operations", operations.Operations.as_view(), name="operations"),
    path("v1/operations/<slug:reference>", operations.OneOperation.as_view(), name="operation"),
    path(
        "v1/operations/<slug:reference>/messages",
        operations.OperationMessages.as_view(),
        name="operation-messages",
    ),
    path(
        "v1/operations/<slug:reference>/statistics",
        operations.OperationStatistics.as_view(),
        name="statistics",
    ),
    path(
        "v1/operations/<slug:reference>/statistics/json-stat",
        operations.OperationJsonStat.as_view(),
        name="statistics-json-stat",
    ),
    path(
        "v1/operations/<slug:reference>/self-reports",
        operations.OperationSelfReports.as_view(),
        name="self-reports",
    ),
    path("v1/submissions", submissions.Submissions.as_view(), name="submissions"),
    path("v1/submissions/<uuid:submission_id>", submissions.OneSubmission.as_view(), name="submission"),
    path(
        "v1/submissions/<uuid:submission_id>/rows",
        submissions.SubmissionRows.as_view(),
        name="submission-rows",
    ),
    path(
        "v1/submissions/<uuid:submission_id>/withdrawal",
        submission_acts.SubmissionWithdrawn.as_view(),
        name="submission-withdrawal",
    ),
    path("v1/previews", previews.Previews.as_view(), name="previews"),
    path("v1/previews/<uuid:submission_id>", previews.OnePreview.as_view(), name="preview"),
    path(
        "v1/previews/<uuid:submission_id>/confirmation",
        previews.Confirmation.as_view(),
        name="preview-confirmation",
    ),
    path("v1/holds", holds.Holds.as_view(), name="holds"),
    path("v1/holds/<uuid:hold_id>", holds.OneHold.as_view(), name="hold"),
    path("v1/holds/<uuid:hold_id>/release", holds.HoldRelease.as_view(), name="hold-release"),
    path("v1/duties", duties.Duties.as_view(), name="duties"),
    path("v1/duties/<uuid:duty_id>/take-back", duties.DutyTakeBack.as_view(), name="duty-take-back"),
    path("v1/streams/referrals", streams.ReferralStream.as_view(), name="stream-referrals"),
    path("v1/streams/changes", streams.ChangeStream.as_view(), name="stream-changes"),
    path(
        "v1/streams/submissions/<uuid:submission_id>/rows",
        streams.RowStream.as_view(),
        name="stream-submission-rows",
    ),
    path("v1/webhooks", webhooks.Endpoints.as_view(), name="webhooks"),
    path("v1/webhooks/<uuid:endpoint_id>", webhooks.OneEndpoint.as_view(), name="webhook"),
    path("v1/webhooks/<uuid:endpoint_id>/rotate", webhooks.EndpointRotation.as_view(), name="webhook-rotate"),
    path("v1/webhooks/<uuid:endpoint_id>/ping", webhooks.EndpointPing.as_view(), name="webhook-ping"),
    path(
        "v1/webhooks/<uuid:endpoint_id>/deliveries",
        webhooks.EndpointDeliveries.as_view(),
        name="webhook-deliveries",
    ),
    path("v1/webhooks/<uuid:endpoint_id>/replay", webhooks.EndpointReplay.as_view(), name="webhook-replay"),
    path("v1/sandbox/reset", sandbox.SandboxReset.as_view(), name="sandbox-reset"),
    path("v1/sandbox/events", sandbox.SandboxEvents.as_view(), name="sandbox-events"),
    path("v1/identify", identify.Identify.as_view(), name="identify"),
    path("v1/problems/<slug:name>", about.ProblemPage.as_view(), name="problem"),
    path("v1/schema", about.SchemaView.as_view(), name="schema"),
    path("v1/collection", about.Collection.as_view(), name="collection"),
    path("v1/docs", about.documentation, name="docs"),
    re_path(r"", about.Nowhere.as_view(), name="nowhere"),
]
