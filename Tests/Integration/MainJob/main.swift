import IntegrationSuite

await Show.run(arguments: CommandLine.arguments)
