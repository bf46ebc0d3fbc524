// The whole cycle by a client whose types are made from the schema: an agency submits, a platform answers and follows.
import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

declare const process: { env: { BASE: string; NORTH: string; TELEGRAM: string } };

const program = (key: string) =>
  createClient<paths>({ baseUrl: process.env.BASE, headers: { Authorization: `Bearer ${key}` } });
const [north, telegram] = [program(process.env.NORTH), program(process.env.TELEGRAM)];

function must<Data>(answer: { data?: Data; error?: unknown }): Data {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

const submitted = must(
  await north.POST("/api/v1/submissions", {
    body: { operation: "RAD19", rows: [{ url: "https://t.me/demo_generated/1", tier: 3 }] },
  }),
);
const report = must(
  await north.GET("/api/v1/submissions/{submission_id}/rows", { params: { path: { submission_id: submitted.id } } }),
);
const page = must(await telegram.GET("/api/v1/referrals", { params: { query: { limit: 1000 } } }));
// `fields` can leave any of them out; here nothing is left out.
const [first, ...others] = page.referrals.map((one) => ({ id: one.id!, etag: one.etag! }));
const answered = must(
  await telegram.POST("/api/v1/decisions", {
    params: { header: { "Idempotency-Key": "generated-1" } },
    body: { decisions: others.map((one) => ({ referral: one.id, verdict: "acknowledge" as const })) },
  }),
);
const decided = must(
  await telegram.POST("/api/v1/referrals/{name}/decision", {
    params: { path: { name: first.id }, header: { "If-Match": `"${first.etag}"` } },
    body: { verdict: "remove", action: "visibility_removed" },
  }),
);
const changes: string[] = [];
let after: string | undefined;
for (let tries = 0; tries < 30 && changes.at(-1) !== "removed"; tries++) {
  const told = must(await telegram.GET("/api/v1/changes", { params: { query: { limit: 1000, wait: 1, after } } }));
  changes.push(...told.changes.map((one) => one.referral.status));
  after = told.next;
}
const refused = await telegram.POST("/api/v1/referrals/{name}/decision", {
  params: { path: { name: first.id } },
  body: { verdict: "acknowledge" },
});
console.log(
  JSON.stringify({
    counts: submitted.counts,
    outcome: report.rows[0].outcome,
    referrals: [first, ...others].map((one) => one.id),
    moved: answered.moved,
    status: decided.status,
    changes,
    refused: [refused.response.status, refused.error?.type],
  }),
);
