{{- define "shop.labels" -}}
app: shop
{{- range $k, $v := .Values.labels }}
{{ $k }}: {{ $v }}
{{- end }}
name: {{ .Values.name }}
{{- end -}}
{{- define "shop.outer" -}}
labels:
  {{- include "shop.labels" . | nindent 2 }}
{{- end -}}
