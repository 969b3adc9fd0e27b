/** The text that SDK and command line take as their key, for a server at this address. */
export function sdkKey(origin: string, secret: string): string {
  const { hostname, port, protocol } = new URL(origin);
  if (protocol === "https:") return [hostname, ...(port ? [port] : []), secret].join(":");
  return [hostname, port || "80", "__force_insecure", secret].join(":");
}
