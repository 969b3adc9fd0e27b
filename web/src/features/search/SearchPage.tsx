import { Button, CopyButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconDeviceFloppy, IconLink } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useMemo } from "react";
import { plural, t } from "@/i18n/text";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { StateMark } from "@/ui/StateMark";
import { FacetPanel } from "./FacetPanel";
import { withPicked } from "./picked";
import { QueryPanel } from "./QueryPanel";
import { ResultTable } from "./ResultTable";
import { ResultTabs } from "./ResultTabs";
import { SavedMenu } from "./SavedMenu";
import classes from "./Search.module.css";
import { oneSavedQuery, stateOf } from "./saved";
import { askedFor, facetsQuery, NO_RANGES, parseQuery, statusQuery } from "./search";
import { useSearchState } from "./useSearchState";

const SaveQueryDialog = lazy(async () => ({ default: (await import("./SaveQueryDialog")).SaveQueryDialog }));

/** Finds anything one may see: words, a query, picked values; all of it stands in the address. */
export function SearchPage() {
  const { state, change, open } = useSearchState();
  const kind = state.kind ?? "session";
  const asked = useMemo(() => askedFor(state), [state]);
  const parsed = useQuery(parseQuery(state.q ?? ""));
  const kept = useQuery(oneSavedQuery(state.saved));
  const saved = kept.data;
  const linked = state.saved !== undefined && Object.keys(state).length === 1;
  const ready = !linked && (state.q === undefined || parsed.data?.valid === true);
  const counts = useQuery({
    ...facetsQuery({
      ...asked,
      return_type: "session",
      facet_fields: ["project.label", ...(state.facets ?? [])],
    }),
    enabled: ready,
  });
  const [saving, save] = useDisclosure(false);
  const copy = useMutation({
    mutationFn: () => withPicked(state),
    onSuccess: (q) => change({ q, picked: undefined, ...NO_RANGES }),
    onError: (error) => notifications.show({ color: "red", title: t("Not copied"), message: error.message }),
  });
  // A link that names the saved query alone.
  useEffect(() => {
    if (saved && linked) open(stateOf(saved));
  }, [saved, linked, open]);
  const search = {
    ...asked,
    ...(state.columns ? { columns: state.columns } : {}),
    ...sortOf(state.sort),
  };
  return (
    <Page fill>
      <PageHead
        title={t("Search")}
        mark={<IndexState />}
        about={saved ? saved.label : null}
        actions={
          <>
            {state.saved ? <CopyLink link={`${window.location.origin}/search?saved=${state.saved}`} /> : null}
            <SavedMenu
              onOpen={open}
              onForget={(id) => {
                if (id === state.saved) change({ saved: undefined }, { replace: true });
              }}
            />
            <Button variant="default" leftSection={<IconDeviceFloppy size={16} />} onClick={save.open}>
              {t("Save")}
            </Button>
          </>
        }
      />
      <QueryPanel state={state} onSearch={change} />
      <ResultTabs kind={kind} counts={counts.data} />
      <div className={classes.result}>
        <FacetPanel state={state} facets={counts.data} onChange={change} onCopy={() => copy.mutate()} />
        <div className={classes.main}>
          {ready ? (
            <ResultTable
              state={state}
              kind={kind}
              asked={asked}
              onChange={(part) => change(part, { replace: true })}
              onClear={() => open({ kind })}
            />
          ) : (
            <Unready
              error={(linked ? kept.error : null) ?? parsed.error}
              what={linked ? t("saved query") : t("result")}
              broken={parsed.data?.valid === false}
            />
          )}
        </div>
      </div>
      <Suspense>
        {saving ? (
          <SaveQueryDialog
            search={search}
            saved={saved}
            onSaved={(id) => change({ saved: id }, { replace: true })}
            onClose={save.close}
          />
        ) : null}
      </Suspense>
    </Page>
  );
}

/** In place of results that were not asked for: still to be read, not there, or a query with mistakes. */
function Unready({ error, what, broken }: { error: Error | null; what: string; broken: boolean }) {
  return (
    <div className="panel">
      {error ? <Failure error={error} what={what} /> : null}
      {!error && broken ? (
        <Message title={t("This query cannot be run")} alert>
          {t("The mistakes stand under its text.")}
        </Message>
      ) : null}
      {!error && !broken ? <Loading rows={8} /> : null}
    </div>
  );
}

function CopyLink({ link }: { link: string }) {
  return (
    <CopyButton value={link} timeout={1500}>
      {({ copied, copy }) => (
        <Button variant="subtle" color="gray" leftSection={<IconLink size={16} />} onClick={copy}>
          {copied ? t("Copied") : t("Copy link")}
        </Button>
      )}
    </CopyButton>
  );
}

function sortOf(sort: string | undefined): { sort?: { field: string; order: "asc" | "desc" } } {
  const [field, order] = (sort ?? "").split(":");
  return field ? { sort: { field, order: order === "desc" ? "desc" : "asc" } } : {};
}

const STATES: Record<string, string> = {
  indexing: t("Indexing"),
  reindex: t("Being indexed anew"),
  error: t("The index has an error"),
};

/** Said only while not everything can be found. */
function IndexState() {
  const found = useQuery(statusQuery).data;
  const words = found ? STATES[found.status] : undefined;
  if (!found || !words) return null;
  const left =
    found.waiting > 0
      ? plural(found.waiting, "{count} change is not found yet", "{count} changes are not found yet")
      : "";
  return <StateMark state={found.status === "error" ? "bad" : "warn"} words={words} title={left} />;
}
