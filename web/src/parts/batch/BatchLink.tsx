import { IconPlayerPlay } from "@tabler/icons-react";
import { LinkButton } from "@/ui/LinkButton";

/** Leads to the page that runs one gear on everything in a project or a collection. */
export function BatchLink(within: { project: string } | { collection: string }) {
  return (
    <LinkButton to="/batch/new" search={within} variant="default" leftSection={<IconPlayerPlay size={16} />}>
      Run gear
    </LinkButton>
  );
}
