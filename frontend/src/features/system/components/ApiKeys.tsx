import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useState } from "react";

import { explain } from "@/api/errors";
import { formatDate, formatInstant } from "@/ui/format";
import { Empty } from "@/ui/state";
import { DataTable } from "@/ui/table";

import { apiKeysQuery, useRevokeApiKey, type ApiKey, type ApiKeyCreated } from "../api";
import { systemTexts } from "../i18n";
import { ApiKeyForm } from "./ApiKeyForm";
import { ApiKeyShown } from "./ApiKeyShown";

/** Keys for scripts: listed, made, revoked. */
export function ApiKeys() {
  const t = systemTexts.useText();
  const { modal, message, notification } = App.useApp();
  const { data, error, refetch, dataUpdatedAt } = useQuery(apiKeysQuery);
  const revoke = useRevokeApiKey();
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<ApiKeyCreated | null>(null);

  const confirmRevoke = ({ id, name }: ApiKey) =>
    modal.confirm({
      title: t("revokeKey", { name }),
      content: t("revokeKeyText"),
      okText: t("revoke"),
      cancelText: t("keep"),
      okButtonProps: { danger: true },
      onOk: () =>
        revoke.mutateAsync(id).then(
          () => void message.success(t("revoked")),
          (problem: unknown) => notification.error({ title: t("apiKeysError"), description: explain(problem).message }),
        ),
    });

  const expiry = ({ expires_at }: ApiKey) => {
    if (expires_at === null) return t("never");
    return Date.parse(expires_at) < dataUpdatedAt ? `${t("expired")} ${formatDate(expires_at)}` : formatDate(expires_at);
  };

  const newKey = (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setMaking(true)}>
      {t("newKey")}
    </Button>
  );

  return (
    <section className="panel" aria-labelledby="keys-title">
      <div className="panel-title">
        <h2 id="keys-title">{t("apiKeys")}</h2>
        {newKey}
      </div>
      <DataTable<ApiKey>
        label={t("apiKeys")}
        rows={data}
        error={error}
        onRetry={() => void refetch()}
        rowKey={(key) => key.id}
        maxHeight={300}
        empty={<Empty title={t("apiKeysEmpty")}>{t("apiKeysText")}</Empty>}
        columns={[
          { key: "name", title: t("columnName"), value: (key) => key.name, width: "minmax(140px, 1.5fr)" },
          { key: "prefix", title: t("columnPrefix"), value: (key) => key.prefix, render: (key) => <code>{key.prefix}…</code>, width: "130px" },
          {
            key: "scopes",
            title: t("columnScopes"),
            value: (key) => key.scopes.join(" "),
            render: (key) => <span title={key.scopes.map((scope) => `${scope} ${t(`scope.${scope}`)}`).join("\n")}>{key.scopes.join(" ")}</span>,
            width: "minmax(160px, 2fr)",
          },
          { key: "expires", title: t("columnExpires"), value: expiry, width: "120px" },
          {
            key: "used",
            title: t("columnUsed"),
            value: (key) => (key.last_used_at === null ? t("notUsed") : formatInstant(key.last_used_at, { seconds: false })),
            width: "140px",
          },
          {
            key: "actions",
            title: t("columnActions"),
            sortable: false,
            width: "88px",
            value: () => null,
            render: (key) => (
              <Button size="small" danger onClick={() => confirmRevoke(key)}>
                {t("revoke")}
              </Button>
            ),
          },
        ]}
      />
      <ApiKeyForm
        open={making}
        onClose={() => setMaking(false)}
        onMade={(key) => {
          setMaking(false);
          setMade(key);
        }}
      />
      <ApiKeyShown made={made} onClose={() => setMade(null)} />
    </section>
  );
}
