/** The address of an object's page; subjects stand below their project. */
export const addressOf = (level: string, id: string, project?: string) =>
  level === "subject" && project ? `/projects/${project}/subjects/${id}` : `/${level}s/${id}`;
