import { Badge } from "@mantine/core";

/** Tags as small labels. */
export function Tags({ tags }: { tags: string[] }) {
  return tags.map((tag) => (
    <Badge key={tag} color="gray" size="sm" mr={4} tt="none" fw={500}>
      {tag}
    </Badge>
  ));
}
