import type { Note } from "@/api/types";
import { t, tIn } from "@/i18n/text";
import { type Fact, Facts } from "@/ui/Facts";
import { LinkButton } from "@/ui/LinkButton";
import { Panel } from "@/ui/Panel";
import { DetailsButton } from "./details/DetailsButton";
import type { Detailed } from "./details/fields";
import { NotesPanel } from "./NotesPanel";
import type { Place } from "./place";
import { TagsPanel } from "./TagsPanel";

interface SidePanelsProps {
  place: Place;
  /** What is shown, where some of the facts can be edited. */
  details?: Detailed;
  facts: Fact[];
  tags: string[];
  /** Left out where nobody can write notes: files have none. */
  notes?: Note[];
}

function Id({ text }: { text: string }) {
  return (
    <span className="mono" title={text}>
      {text}
    </span>
  );
}

/** An identifier as a fact: in even letters, so that it can be compared by eye. */
export function idFact(name: string, id: string | null | undefined): Fact {
  const shown = id ? <Id text={id} /> : null;
  return [name, shown];
}

/** Beside the content of every container and file: what is known of it, tags, notes. */
export function SidePanels({ place, details, facts, tags, notes }: SidePanelsProps) {
  return (
    <>
      <Panel
        title={tIn("facts", "About")}
        aside={
          details && place.may("containers_modify_metadata") ? (
            <DetailsButton path={place.path} shown={details} />
          ) : null
        }
      >
        <Facts facts={facts} />
        {place.may("project_permissions_view") ? (
          <LinkButton
            to="/who/$c"
            params={{ c: place.path.split("/").at(-1) ?? "" }}
            size="compact-sm"
            variant="subtle"
            mt={8}
            ml={-8}
          >
            {t("Who can see this, and why?")}
          </LinkButton>
        ) : null}
      </Panel>
      <TagsPanel place={place} tags={tags} />
      {notes ? <NotesPanel place={place} notes={notes} /> : null}
    </>
  );
}
