/** The part of the reply of `/readyz` that is shown here. */
export interface ReadinessReport {
  readonly state?: string;
  readonly checks?: Readonly<Record<string, { status: string; needed: boolean; message?: string }>>;
  readonly notes?: { readonly circuits?: Readonly<Record<string, string>> };
}

/** Parses the body of a reply of `/readyz`; undefined when another program answers there. */
export function readReport(body: string): ReadinessReport | undefined {
  try {
    return JSON.parse(body) as ReadinessReport;
  } catch {
    return undefined;
  }
}
