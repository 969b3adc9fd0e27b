import { t } from "@/i18n/text";

/** The one place that speaks HTTP: cookie login, CSRF header, errors as values of one class. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly code: string | null = null,
    readonly requestId: string | null = null,
    readonly fields: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = "ApiError";
  }
}

type Query = Record<string, string | number | boolean | null | undefined>;

let csrf: string | null = null;
let onLoggedOut: () => void = () => {};

/** Remember the text that every change must repeat in `X-CSRF-Token`. */
export function setCsrf(value: string | null): void {
  csrf = value;
}

/** The header of changes made by other means than `api`. */
export function csrfHeader(): Record<string, string> {
  return csrf ? { "X-CSRF-Token": csrf } : {};
}

/** What to do when the server no longer knows this login. */
export function setLoggedOut(handler: () => void): void {
  onLoggedOut = handler;
}

/** `/api` address of a path with its query; values that are null or undefined are left out. */
export function apiUrl(path: string, query: Query = {}): string {
  const pairs = Object.entries(query)
    .filter((pair): pair is [string, string | number | boolean] => pair[1] !== null && pair[1] !== undefined)
    .map(([key, value]) => [key, String(value)]);
  const text = new URLSearchParams(pairs).toString();
  return `/api${path}${text ? `?${text}` : ""}`;
}

async function failure(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const fields = (body && typeof body === "object" ? body : {}) as Record<string, unknown>;
  const text = (key: string) => (typeof fields[key] === "string" ? (fields[key] as string) : null);
  return new ApiError(
    response.status,
    text("message") ?? t("The server answered {status}.", { status: response.status }),
    text("code"),
    text("request_id") ?? response.headers.get("X-Request-Id"),
    fields,
  );
}

interface Options {
  query?: Query | undefined;
  body?: unknown;
  /** The revision that a change is based on; 409 when there is a newer one. */
  revision?: number | undefined;
  /** Gives the request up: its answer is no longer wanted. */
  signal?: AbortSignal | undefined;
}

async function send(
  method: string,
  path: string,
  { query, body, revision, signal }: Options,
): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json", "X-Accept-Feature": "pagination" };
  const form = body instanceof FormData; // which brings its own type
  if (body !== undefined && !form) headers["Content-Type"] = "application/json";
  if (revision !== undefined) headers["If-Match"] = String(revision);
  if (method !== "GET") Object.assign(headers, csrfHeader());
  const request: RequestInit = { method, headers, credentials: "same-origin", signal: signal ?? null };
  if (body !== undefined) request.body = form ? body : JSON.stringify(body);
  const response = await fetch(apiUrl(path, query), request).catch(() => {
    throw new ApiError(0, t("The server cannot be reached. Check the connection and try again."));
  });
  if (!response.ok) {
    const error = await failure(response);
    if (response.status === 401 && error.code === "unauthenticated" && path !== "/x/login") onLoggedOut();
    throw error;
  }
  return response;
}

async function call<T>(method: string, path: string, options: Options): Promise<T> {
  const text = await (await send(method, path, options)).text();
  return (text ? JSON.parse(text) : null) as T;
}

async function firstBytes(body: ReadableStream<Uint8Array> | null | undefined, limit: number) {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = body?.getReader();
  while (reader && size <= limit) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value as Uint8Array<ArrayBuffer>);
    size += value.byteLength;
  }
  if (size > limit) await reader?.cancel();
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return { bytes: bytes.subarray(0, limit), cut: size > limit };
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => call<T>("GET", path, { query, signal }),
  post: <T>(path: string, body: unknown = {}, query?: Query) => call<T>("POST", path, { query, body }),
  put: <T>(path: string, body: unknown, query?: Query, revision?: number) =>
    call<T>("PUT", path, { query, body, revision }),
  patch: <T>(path: string, body: unknown, revision?: number) => call<T>("PATCH", path, { body, revision }),
  /** Part of a long answer, and what to go on with. */
  part: async <T>(path: string, query: Query) => {
    const answer = await send("POST", path, { query, body: {} });
    return { body: (await answer.json()) as T, next: answer.headers.get("X-Next") };
  },
  /** An answer that is a file. */
  file: async (path: string, body: unknown) => (await send("POST", path, { body })).blob(),
  saved: async (path: string, query?: Query) => (await send("GET", path, { query })).blob(),
  form: <T>(path: string, body: FormData) => call<T>("POST", path, { body }),
  /** A form in the place of what is there. */
  putForm: <T>(path: string, body: FormData, revision: number) => call<T>("PUT", path, { body, revision }),
  /** The first bytes of a content, unpacked when it is gzip; `cut` when there are more. */
  head: async (path: string, query: Query, limit: number, gzip: boolean) => {
    const { body } = await send("GET", path, { query });
    return firstBytes(gzip ? body?.pipeThrough(new DecompressionStream("gzip")) : body, limit);
  },
  delete: <T>(path: string, query?: Query) => call<T>("DELETE", path, { query }),
};
