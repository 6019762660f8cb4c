/** What `/readyz` answers, as far as it is shown here. */
export interface ReadinessReport {
  readonly state?: string;
  readonly checks?: Readonly<Record<string, { status: string; needed: boolean; message?: string }>>;
  readonly notes?: { readonly circuits?: Readonly<Record<string, string>> };
}

/** Reads the body of a reply of `/readyz`; undefined when something else answers there. */
export function readReport(body: string): ReadinessReport | undefined {
  try {
    return JSON.parse(body) as ReadinessReport;
  } catch {
    return undefined;
  }
}
