{{- define "shop.id" }}id: {{ .id }}{{ end -}}
