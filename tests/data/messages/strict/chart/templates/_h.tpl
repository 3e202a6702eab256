{{- define "shop.name" -}}
{{ .Values.nameOverride | default .Chart.Name }}{{ with .context }}{{ .Values.fromContext }}{{ end }}
{{- end -}}
