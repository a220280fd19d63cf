export interface CloudSecretsTable {
  name: string;
  value: string;
}

export interface CloudSecretsTables {
  cloud_secrets: CloudSecretsTable;
}
