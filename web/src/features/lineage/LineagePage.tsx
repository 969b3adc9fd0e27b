import { Button, Group, SegmentedControl, Text } from "@mantine/core";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { ApiError } from "@/api/client";
import { plural, t } from "@/i18n/text";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { draw } from "./drawing";
import { ExportMenu } from "./ExportMenu";
import { bundled } from "./graph";
import { Picture } from "./Picture";
import { ThingsTable } from "./ThingsTable";
import { KINDS, type Kind, useGraph } from "./useGraph";
import { LINEAGE_OF, leftOut, nameOf, THING_WORDS } from "./words";

const FIRST_DEPTH = 3;
const DEEPEST = 20;

/** From where a file, a job or an analysis comes, and what was made of it. */
export function LineagePage() {
  const { kind, id } = useParams({ from: "/inside/framed/provenance/$kind/$id" });
  const known = KINDS.find((one) => one === kind);
  if (!known) return <Failure error={new ApiError(404, "")} what={t("page")} />;
  return <Around key={`${kind} ${id}`} kind={known} id={id} />;
}

function Around({ kind, id }: { kind: Kind; id: string }) {
  const search = useSearch({ from: "/inside/framed/provenance/$kind/$id" });
  const navigate = useNavigate({ from: "/provenance/$kind/$id" });
  const depth = Math.min(DEEPEST, search.depth ?? FIRST_DEPTH);
  const { found, error, retry, crate, mayGoFurther, refreshing } = useGraph({
    kind,
    id,
    depth,
    version: search.version,
  });
  const drawn = useMemo(() => (found ? bundled(found.graph) : null), [found]);
  const root = found?.graph.nodes.find((node) => node.id === found.graph.root);
  useCrumbs([{ label: t("Lineage") }, { label: root ? nameOf(root) : "" }]);
  if (error && !found) return <Failure error={error} what={THING_WORDS[kind]} onRetry={retry} />;
  if (!found || !drawn || !root) return <Loading />;
  const { graph } = found;
  const further =
    mayGoFurther && depth < DEEPEST && graph.nodes.some((node) => Math.abs(node.depth) === depth);
  const show = search.show === "list" ? "list" : "picture";
  return (
    <Page>
      <PageHead
        title={nameOf(root)}
        kind={LINEAGE_OF[kind]}
        about={`${plural(graph.nodes.length, "{count} file or job", "{count} files and jobs")} · ${plural(graph.edges.length, "{count} link", "{count} links")}`}
        actions={
          <>
            {graph.nodes.length > 1 ? (
              <ExportMenu
                name={nameOf(root)}
                draw={() => draw(drawn, `${LINEAGE_OF[kind]}: ${nameOf(root)}`, leftOut(found))}
                crate={crate}
              />
            ) : null}
            <SegmentedControl
              aria-label={t("Show as")}
              data={[
                { value: "picture", label: t("Picture") },
                { value: "list", label: t("List") },
              ]}
              value={show}
              onChange={(next) =>
                void navigate({
                  search: (old) => ({ ...old, show: next === "list" ? next : undefined }),
                  replace: true,
                })
              }
            />
          </>
        }
      />
      <Panel title={t("Lineage")} untitled flush>
        {graph.nodes.length === 1 ? (
          <Message title={t("Nothing before it, nothing after it")}>
            {t("No gear made this, and none has read it yet.")}
          </Message>
        ) : show === "picture" ? (
          <Picture graph={drawn} />
        ) : (
          <ThingsTable graph={graph} />
        )}
      </Panel>
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {leftOut(found).join(" ")}
        </Text>
        {further ? (
          <Button
            variant="default"
            loading={refreshing}
            onClick={() =>
              void navigate({
                search: (old) => ({ ...old, depth: Math.min(DEEPEST, depth + FIRST_DEPTH) }),
                replace: true,
              })
            }
          >
            {t("Look further")}
          </Button>
        ) : null}
      </Group>
    </Page>
  );
}
